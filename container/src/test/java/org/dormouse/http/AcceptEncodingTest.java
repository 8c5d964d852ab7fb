package org.dormouse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptEncodingTest {
    private static final List<String> OFFERED = List.of("zstd", "br", "gzip");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            gzip                            | gzip
            GZip                            | gzip
            x-gzip                          | gzip
            gzip, br                        | br
            gzip, deflate, br, zstd         | zstd
            gzip;q=1, br;q=0.9              | gzip
            gzip;q=0.5 , identity           | -
            gzip;q=0.5, identity;q=0.5      | gzip
            gzip;q=0.5, identity;q=0.4      | gzip
            gzip;q=0                        | -
            gzip;q=0.000                    | -
            gzip;q=0.001                    | gzip
            *                               | zstd
            *;q=0                           | -
            *;q=0.2, gzip;q=0.1             | zstd
            zstd;q=0, br;q=0, *             | gzip
            identity;q=0                    | -
            identity;q=0, gzip              | gzip
            deflate                         | -
            gzip;q=1.001                    | -
            gzip;q=2                        | -
            gzip;q=.5                       | -
            gzip;q=-1                       | -
            gzip;q                          | -
            gzip;x=1                        | -
            gzip;q=0.1234                   | -
            gzip ; Q=0.5                    | gzip
            , ,gzip,,                       | gzip
            gzipp                           | -
            gzi                             | -
            """)
    void theCodingThatTheClientLikesBestIsChosen(String field, String expected) {
        assertThat(choose(field)).isEqualTo(expected);
    }

    @Test
    void whoSaysNothingGetsNone() {
        assertThat(AcceptEncoding.choose(new Headers(), OFFERED)).isNull();
        assertThat(choose("")).isNull();
    }

    @Test
    void severalFieldsAreOneList() {
        var fields = new Headers();
        fields.add("Accept-Encoding", "gzip;q=0.5");
        fields.add("accept-encoding", "br;q=0.6");
        assertThat(AcceptEncoding.choose(fields, OFFERED)).isEqualTo("br");
    }

    private static String choose(String field) {
        var fields = new Headers();
        fields.add("Accept-Encoding", field);
        return AcceptEncoding.choose(fields, OFFERED);
    }

    /** As one would write it with no thought of cost. */
    private static String naively(String field) {
        Integer star = null;
        Integer identity = null;
        var weights = new Integer[OFFERED.size()];
        for (String element : field.split(",")) {
            String[] parts = element.split(";", 2);
            String name = parts[0].strip().toLowerCase();
            if (name.isEmpty()) continue;
            int weight = 1000;
            if (parts.length == 2) {
                String value = parts[1].strip();
                weight = value.matches("(?i)q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")
                        ? (int) Math.round(Double.parseDouble(value.substring(2)) * 1000)
                        : 0;
            }
            if (name.equals("*")) star = weight;
            if (name.equals("identity")) identity = weight;
            if (OFFERED.contains(name)) weights[OFFERED.indexOf(name)] = weight;
        }
        String best = null;
        int most = 0;
        for (int i = 0; i < weights.length; i++) {
            Integer weight = weights[i] != null ? weights[i] : star;
            if (weight == null || weight == 0 || weight <= most) continue;
            best = OFFERED.get(i);
            most = weight;
        }
        return identity != null && identity > most ? null : best;
    }

    @Test
    void randomFieldsAreReadAsANaiveModelReadsThem() {
        var random = new Random(7);
        String[] names = {"gzip", "br", "zstd", "identity", "*", "deflate", "GZIP", ""};
        String[] weights = {
            "", ";q=0", ";q=1", ";q=0.5", ";q=0.50", ";q=0.25", "; q=0.75 ", ";q=1.0", ";q=x", ";p=1", ";q=1.5"
        };
        for (int i = 0; i < 50_000; i++) {
            var elements = new ArrayList<String>();
            int count = random.nextInt(5);
            for (int j = 0; j < count; j++)
                elements.add(names[random.nextInt(names.length)] + weights[random.nextInt(weights.length)]);
            String field = String.join(random.nextBoolean() ? "," : " , ", elements);
            assertThat(choose(field)).as(field).isEqualTo(naively(field));
        }
    }
}
