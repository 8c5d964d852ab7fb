package org.dormouse.compression;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.dormouse.http.AcceptEncoding;
import org.dormouse.http.BadRequest;
import org.dormouse.http.BodyCoder;
import org.dormouse.http.CoderPool;
import org.dormouse.http.Exchange;
import org.dormouse.http.Fields;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/** The codings of one server, with the coders that are kept. Any thread. */
public final class Compression implements BodyCoder, AutoCloseable {
    private static final int KEPT_PER_CORE = 4;

    final CompressionSettings settings;
    final CoderPool<Deflater> deflaters;
    final CoderPool<Inflater> inflaters;
    /** Null where no response has that coding. Brotli has no pool: its library cannot begin anew with what it has. */
    final @Nullable CoderPool<ZstandardStream.Context> zstandards;

    private final List<String> words;

    public Compression(CompressionSettings settings) {
        int kept = KEPT_PER_CORE * Runtime.getRuntime().availableProcessors();
        this.settings = settings;
        this.deflaters =
                new CoderPool<>(() -> new Deflater(settings.level(), true), Deflater::reset, Deflater::end, kept);
        this.inflaters = new CoderPool<>(() -> new Inflater(true), Inflater::reset, Inflater::end, kept);
        boolean hasZstandard = settings.encodes() && settings.codings().contains(Coding.ZSTANDARD);
        this.zstandards = hasZstandard ? ZstandardStream.pool(settings.level(), kept) : null;
        this.words = settings.codings().stream().map(Coding::word).toList();
    }

    /** Whether exchanges have to come by here at all. */
    public boolean isNeeded() {
        return settings.encodes() || settings.decodes();
    }

    /**
     * {@code exchange}, as it is if there is nothing to do for it, else one around it that codes and decodes. That must be finished, as any.
     *
     * @throws BadRequest 415 if the body has a coding that is not known, or too many
     */
    public Exchange around(Exchange exchange) throws BadRequest {
        RequestHead head = exchange.request();
        List<Coding> applied = settings.decodes() && head.contentLength() != 0 ? applied(head.fields()) : List.of();
        if (!settings.encodes() && applied.isEmpty()) return exchange;
        DecodedBody body = applied.isEmpty() ? null : new DecodedBody(exchange, applied, this);
        return new CodedExchange(exchange, this, body);
    }

    /** Of the request's body, in the order in which they were applied. */
    private List<Coding> applied(Fields fields) throws BadRequest {
        int position = fields.find("Content-Encoding", 0);
        if (position < 0) return List.of();
        var applied = new ArrayList<Coding>();
        while (position >= 0) {
            for (String word : fields.value(position).split(",", -1)) {
                String name = word.strip();
                if (name.isEmpty() || name.equalsIgnoreCase("identity")) continue;
                Coding coding = Coding.find(name);
                if (coding == null || !coding.isAvailable())
                    throw new BadRequest(415, "content coding of the body is not one of " + accepted());
                applied.add(coding);
            }
            position = fields.find("Content-Encoding", position + 1);
        }
        if (applied.size() > settings.maxRequestCodings())
            throw new BadRequest(
                    415,
                    applied.size() + " content codings of the body, limit " + settings.maxRequestCodings()
                            + " (compression.max-request-codings)");
        return applied;
    }

    /** What an answer 415 says in Accept-Encoding (RFC 9110 §12.5.3). */
    public String accepted() {
        var accepted = new ArrayList<String>();
        for (Coding coding : Coding.values()) if (coding.isAvailable()) accepted.add(coding.word());
        return String.join(", ", accepted);
    }

    /** The coding for a response to {@code head}; null for none. HTTP/1.0 could not tell where the body ends. */
    @Nullable
    Coding chosen(RequestHead head) {
        if (head.version() == Version.HTTP_1_0) return null;
        String word = AcceptEncoding.choose(head.fields(), words);
        return word == null ? null : settings.codings().get(words.indexOf(word));
    }

    // --- whole bodies

    @Override
    public List<String> codings() {
        return settings.encodes() ? words : List.of();
    }

    @Override
    public byte @Nullable [] encode(String coding, @Nullable String contentType, byte[] body) {
        int position = words.indexOf(coding);
        if (!settings.encodes() || position < 0 || contentType == null) return null;
        if (body.length < settings.minBytes() || !settings.isWorthIt(contentType)) return null;
        var coded = new CodedBytes();
        try (var encoder = settings.codings().get(position).encoder(coded, this)) {
            encoder.write(body);
        } catch (IOException e) {
            return null; // the library has no memory left
        }
        return coded.size() < body.length ? java.util.Arrays.copyOfRange(coded.array, coded.start, coded.end) : null;
    }

    @Override
    public void close() {
        deflaters.close();
        inflaters.close();
        if (zstandards != null) zstandards.close();
    }
}
