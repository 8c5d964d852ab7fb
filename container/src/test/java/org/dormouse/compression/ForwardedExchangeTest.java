package org.dormouse.compression;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.dormouse.http.Exchange;
import org.junit.jupiter.api.Test;

class ForwardedExchangeTest {
    /** A method with a default would be answered by that, and not by the exchange beneath. */
    @Test
    void everyMethodOfAnExchangeIsForwarded() {
        List<String> forwarded = Arrays.stream(ForwardedExchange.class.getDeclaredMethods())
                .map(ForwardedExchangeTest::signature)
                .toList();
        List<String> all = Arrays.stream(Exchange.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(ForwardedExchangeTest::signature)
                .toList();
        assertThat(forwarded).containsAll(all);
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
