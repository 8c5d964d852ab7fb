package org.dormouse;

/** Something that reads the text of a field: what it returns or throws does not matter, only what that costs. */
public interface FieldReading {
    Object read(String field) throws Exception;
}
