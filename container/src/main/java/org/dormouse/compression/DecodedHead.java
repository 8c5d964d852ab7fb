package org.dormouse.compression;

import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/** The head of a request as if its body had been sent without a coding, in a length that only its end tells. */
final class DecodedHead implements RequestHead {
    private final RequestHead sent;
    private final Headers fields = new Headers();

    DecodedHead(RequestHead sent) {
        this.sent = sent;
        Fields all = sent.fields();
        for (int i = 0; i < all.size(); i++) {
            String name = all.name(i);
            boolean isOfCoding = name.equalsIgnoreCase("Content-Encoding") || name.equalsIgnoreCase("Content-Length");
            if (!isOfCoding) fields.add(name, all.value(i));
        }
    }

    @Override
    public String method() {
        return sent.method();
    }

    @Override
    public String rawPath() {
        return sent.rawPath();
    }

    @Override
    public @Nullable String query() {
        return sent.query();
    }

    @Override
    public Version version() {
        return sent.version();
    }

    @Override
    public @Nullable String authority() {
        return sent.authority();
    }

    @Override
    public Fields fields() {
        return fields;
    }

    @Override
    public long contentLength() {
        return -1;
    }
}
