package org.dormouse.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ResponseBodyTest {
    @Test
    void onlyHeadAnd1xx204205And304HaveNoBody() {
        for (int status = 100; status < 600; status++) {
            boolean expected = status >= 200 && status != 204 && status != 205 && status != 304;
            assertThat(ResponseBody.isAllowed("GET", status))
                    .as("GET %d", status)
                    .isEqualTo(expected);
            assertThat(ResponseBody.isAllowed("HEAD", status))
                    .as("HEAD %d", status)
                    .isFalse();
        }
    }

    @Test
    void methodsAreCaseSensitiveSoHeadInLowerCaseIsAnotherMethod() {
        assertThat(ResponseBody.isAllowed("head", 200)).isTrue();
    }

    @Test
    void bytesBeyondTheContentLengthAreNotAdmitted() {
        var body = new ResponseBody("GET", 200, 5);
        assertThat(body.admits(3)).isEqualTo(3);
        body.wrote(3);
        assertThat(body.isShort()).isTrue();
        assertThat(body.admits(10)).isEqualTo(2);
        body.wrote(2);
        assertThat(body.admits(1)).isZero();
        assertThat(body.isShort()).isFalse();
    }

    @Test
    void contentLengthBeyondTwoGigabytesIsCountedWhole() {
        var body = new ResponseBody("GET", 200, 3L << 30);
        body.wrote(Integer.MAX_VALUE);
        assertThat(body.admits(Integer.MAX_VALUE)).isEqualTo((int) ((3L << 30) - Integer.MAX_VALUE));
        assertThat(body.isShort()).isTrue();
    }

    @Test
    void openEndedBodyAdmitsEverythingAndIsNeverShort() {
        var body = new ResponseBody("GET", 200, -1);
        assertThat(body.isOpenEnded()).isTrue();
        assertThat(body.admits(7)).isEqualTo(7);
        assertThat(body.isShort()).isFalse();
    }

    @Test
    void answerToHeadKeepsItsLengthAndAdmitsNothing() {
        var body = new ResponseBody("HEAD", 200, 5);
        assertThat(body.contentLength()).isEqualTo(5);
        assertThat(body.admits(5)).isZero();
        assertThat(body.isShort()).isFalse();
        assertThat(body.isOpenEnded()).isFalse();
    }

    @Test
    void noContentHasNoContentLength() {
        assertThat(new ResponseBody("GET", 204, 5).contentLength()).isEqualTo(-1);
        assertThat(new ResponseBody("GET", 304, 5).contentLength()).isEqualTo(5);
    }

    @Test
    void resetContentIsEmptyAndSaysSo() {
        for (long length : new long[] {-1, 0, 5}) {
            var body = new ResponseBody("POST", 205, length);
            assertThat(body.contentLength()).isZero();
            assertThat(body.admits(5)).isZero();
            assertThat(body.isOpenEnded() || body.isShort()).isFalse();
        }
    }

    @Test
    void lengthBelowMinusOneIsRefusedWithItsValue() {
        assertThatThrownBy(() -> new ResponseBody("GET", 200, -2)).hasMessageContaining("-2");
    }
}
