package org.dormouse.compat.boot;

/** A book was asked for that the shop does not have. */
class NoSuchBook extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchBook(long id) {
        super("no book " + id);
    }
}
