package org.dormouse.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts whole bodies into a content coding, for those who keep them. Any thread. */
public interface BodyCoder {
    /** Codes nothing. */
    BodyCoder NONE = new BodyCoder() {
        @Override
        public List<String> codings() {
            return List.of();
        }

        @Override
        public byte @Nullable [] encode(String coding, @Nullable String contentType, byte[] body) {
            return null;
        }
    };

    /** The names of the codings, the one that is to be preferred first. */
    List<String> codings();

    /**
     * {@code body} in {@code coding}; null if a body of that type and length is to stay as it is, or would not become smaller.
     *
     * @param contentType as in the field; null if there is none
     */
    byte @Nullable [] encode(String coding, @Nullable String contentType, byte[] body);
}
