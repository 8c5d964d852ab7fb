package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Keys that nobody can foresee (RFC 6455 §5.3), drawn many at a time, so that a frame pays for one atomic addition. Any thread; no key is
 * given twice.
 */
final class MaskingKeys {
    private static final int KEYS = 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static volatile Block block = new Block();

    private MaskingKeys() {}

    /** A key, its first byte highest. */
    static int next() {
        while (true) {
            Block present = block;
            int taken = (int) Block.TAKEN.getAndAdd(present, 1);
            if (taken >= 0 && taken < KEYS) return present.keys[taken];
            renew(present);
        }
    }

    /** Two who find a block empty may both make another one: what is lost are keys that nobody has seen. */
    private static void renew(Block empty) {
        Block fresh = new Block();
        if (block == empty) block = fresh;
    }

    /** What one draw gave. */
    private static final class Block {
        static final VarHandle TAKEN;

        static {
            try {
                TAKEN = MethodHandles.lookup().findVarHandle(Block.class, "taken", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        final int[] keys = new int[KEYS];

        @SuppressWarnings("unused") // through TAKEN
        private volatile int taken;

        Block() {
            byte[] drawn = new byte[KEYS * Integer.BYTES];
            RANDOM.nextBytes(drawn);
            ByteBuffer.wrap(drawn).asIntBuffer().get(keys);
        }
    }
}
