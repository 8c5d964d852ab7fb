package org.dormouse.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeflateTermsTest {
    private static final DeflateSettings PLAIN = DeflateSettings.DEFAULT;
    private static final DeflateSettings CONTEXT = new DeflateSettings(true, 6, 0, true, 15, 10);
    private static final DeflateSettings NARROW = new DeflateSettings(true, 6, 0, true, 10, 10);

    private static DeflateSettings settings(String name) {
        return switch (name) {
            case "plain" -> PLAIN;
            case "context" -> CONTEXT;
            default -> NARROW;
        };
    }

    /** Offer, what is answered, and what holds: our context, the peer's context, our window, the peer's window. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | permessage-deflate | server_no_context_takeover; client_no_context_takeover | false false 15 15",
                "plain | permessage-deflate; client_max_window_bits | server_no_context_takeover; client_no_context_takeover | false false 15 15",
                "plain | permessage-deflate; client_max_window_bits=9; server_max_window_bits=12 | server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12 | false false 12 9",
                "context | permessage-deflate | '' | true true 15 15",
                "context | permessage-deflate; server_no_context_takeover | server_no_context_takeover | false true 15 15",
                "context | permessage-deflate; client_no_context_takeover | client_no_context_takeover | true false 15 15",
                "context | permessage-deflate; client_no_context_takeover; server_no_context_takeover | server_no_context_takeover; client_no_context_takeover | false false 15 15",
                "context | permessage-deflate; server_max_window_bits=8 | server_max_window_bits=8 | true true 8 15",
                "context | permessage-deflate; server_max_window_bits=15 | server_max_window_bits=15 | true true 15 15",
                "narrow | permessage-deflate | server_max_window_bits=10 | true true 10 15",
                "narrow | permessage-deflate; server_max_window_bits=9 | server_max_window_bits=9 | true true 9 15",
                "narrow | permessage-deflate; server_max_window_bits=14 | server_max_window_bits=10 | true true 10 15",
                "context | permessage-deflate; server_max_window_bits=\"11\" | server_max_window_bits=11 | true true 11 15",
                "context | x-webkit-deflate-frame, permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9, permessage-deflate | server_max_window_bits=9 | true true 9 15",
                "context | permessage-deflate; unknown, permessage-deflate; server_no_context_takeover | server_no_context_takeover | false true 15 15"
            })
    void theFirstAcceptableOfferIsAnsweredWithWhatHoldsThen(
            String settings, String offer, String answer, String holding) {
        var answered = DeflateTerms.answer(ExtensionField.parse(List.of(offer)), settings(settings));
        assertThat(answered).isNotNull();
        assertThat(answered.extension().toString())
                .isEqualTo("permessage-deflate" + (answer.isEmpty() ? "" : "; " + answer));
        var terms = answered.terms();
        assertThat(terms.keepsOwnContext() + " " + terms.keepsPeersContext() + " " + terms.ownBits() + " "
                        + terms.peersBits())
                .isEqualTo(holding);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-foo",
                "Permessage-Deflate",
                "permessage-deflate; server_no_context_takeover=1",
                "permessage-deflate; client_no_context_takeover=true",
                "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=08",
                "permessage-deflate; server_max_window_bits=+9",
                "permessage-deflate; client_max_window_bits=0",
                "permessage-deflate; client_max_window_bits=16",
                "permessage-deflate; client_max_window_bits=x",
                "permessage-deflate; mode=fast"
            })
    void anOfferThatIsNotValidIsDeclined(String offer) {
        assertThat(DeflateTerms.answer(ExtensionField.parse(List.of(offer)), CONTEXT))
                .isNull();
    }

    @Test
    void nothingIsAnsweredWhereItIsOff() {
        var off = new DeflateSettings(false, 6, 0, true, 15, 10);
        assertThat(DeflateTerms.answer(ExtensionField.parse(List.of("permessage-deflate")), off))
                .isNull();
    }

    @Test
    void aClientOffersWhatItsSettingsSay() {
        assertThat(DeflateTerms.offer(PLAIN))
                .hasToString(
                        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits");
        assertThat(DeflateTerms.offer(NARROW)).hasToString("permessage-deflate; client_max_window_bits=10");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | permessage-deflate; server_no_context_takeover | false false 15 15",
                "plain | permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=8; server_max_window_bits=9 | false false 8 9",
                "context | permessage-deflate | true true 15 15",
                "context | permessage-deflate; server_no_context_takeover | true false 15 15",
                "context | permessage-deflate; client_no_context_takeover; client_max_window_bits=15 | false true 15 15",
                "narrow | permessage-deflate | true true 10 15"
            })
    void aClientTakesWhatAServerMayAnswer(String settings, String answer, String holding) {
        var terms = DeflateTerms.accepted(
                ExtensionField.parse(List.of(answer)).getFirst(),
                DeflateTerms.offer(settings(settings)),
                settings(settings));
        assertThat(terms.keepsOwnContext() + " " + terms.keepsPeersContext() + " " + terms.ownBits() + " "
                        + terms.peersBits())
                .isEqualTo(holding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | permessage-foo",
                "plain | permessage-deflate", // does not say that it forgets, as it was asked to
                "narrow | permessage-deflate; client_max_window_bits=11",
                "context | permessage-deflate; client_max_window_bits",
                "context | permessage-deflate; client_max_window_bits=16",
                "context | permessage-deflate; server_max_window_bits=7",
                "context | permessage-deflate; unknown",
                "context | permessage-deflate; server_no_context_takeover=1"
            })
    void aClientRefusesWhatNoServerMayAnswer(String settings, String answer) {
        assertThatThrownBy(() -> DeflateTerms.accepted(
                        ExtensionField.parse(List.of(answer)).getFirst(),
                        DeflateTerms.offer(settings(settings)),
                        settings(settings)))
                .hasMessageContaining("is no answer to");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permessage-deflate; server_max_window_bits=10 | permessage-deflate",
                "permessage-deflate; server_max_window_bits=10 | permessage-deflate; server_max_window_bits=11",
                "permessage-deflate | permessage-deflate; client_max_window_bits=10",
                "permessage-deflate; client_max_window_bits=9 | permessage-deflate; client_max_window_bits=10"
            })
    void whatAnOfferOfTheApplicationAsksForHasToBeGranted(String offer, String answer) {
        assertThatThrownBy(() -> DeflateTerms.accepted(
                        ExtensionField.parse(List.of(answer)).getFirst(),
                        ExtensionField.parse(List.of(offer)).getFirst(),
                        CONTEXT))
                .hasMessageContaining("is no answer to");
    }
}
