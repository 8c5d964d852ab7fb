package org.dormouse.servlet.multipart;

/**
 * How much one multipart body may demand, whatever a servlet allows. What is beyond is answered 413.
 *
 * @param maxParts parts (key {@code multipart.max-parts})
 * @param maxPartHeadBytes bytes of the fields of one part (key {@code multipart.max-part-head-bytes})
 * @param maxFieldBytes bytes of all parts without a file name, which are kept in memory (key {@code multipart.max-field-bytes})
 * @param maxRequestBytes bytes of the whole body, where the servlet sets no lower limit (key {@code multipart.max-request-bytes})
 */
public record MultipartLimits(int maxParts, int maxPartHeadBytes, int maxFieldBytes, long maxRequestBytes) {
    public static final MultipartLimits DEFAULT = new MultipartLimits(50, 4096, 2 * 1024 * 1024, 256L * 1024 * 1024);

    public MultipartLimits {
        if (maxParts < 1) throw new IllegalArgumentException("multipart.max-parts " + maxParts + " < 1");
        if (maxPartHeadBytes < 512) {
            throw new IllegalArgumentException("multipart.max-part-head-bytes " + maxPartHeadBytes + " < 512");
        }
        if (maxFieldBytes < 1)
            throw new IllegalArgumentException("multipart.max-field-bytes " + maxFieldBytes + " < 1");
        if (maxRequestBytes < 1) {
            throw new IllegalArgumentException("multipart.max-request-bytes " + maxRequestBytes + " < 1");
        }
    }
}
