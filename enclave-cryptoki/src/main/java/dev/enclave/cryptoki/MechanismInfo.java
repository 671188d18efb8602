package dev.enclave.cryptoki;

/**
 * What a token does by a mechanism (CK_MECHANISM_INFO): for keys of which lengths, in bits or bytes
 * as the standard says of the mechanism, and CKF_ of {@link Ck}.
 */
public record MechanismInfo(long minKeySize, long maxKeySize, long flags) {}
