package org.dormouse.servlet.security;

import static org.assertj.core.api.Assertions.assertThat;

import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateAuthenticatorTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "none",
            value = {
                "CN=ann, O=Example; ann",
                "O=Example; none",
                "CN=ann, CN=bob; none",
                "CN=ann+OU=Shop, O=Example; ann",
                "C=DE+CN=ann; ann",
                "CN=ann, C=DE+CN=bob; none",
                "CN=ann+CN=bob; none",
                "CN=ann\\,CN\\=bob; 'ann,CN=bob'"
            })
    void aSubjectHasACommonNameIfItHasExactlyOne(String subject, String name) {
        assertThat(CertificateAuthenticator.commonName(new X500Principal(subject)))
                .isEqualTo(name);
    }
}
