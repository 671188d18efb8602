package dev.enclave.admin;

import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import java.util.Optional;

/**
 * What a rotation did.
 *
 * @param key the key afterwards
 * @param previous the version that was active, in the state it is left in
 * @param active the version that is active now
 * @param reason why
 * @param statement the statement on its successor that the old version and the statement key
 *     signed; none after a compromise and for wrapping keys
 */
public record RotationResult(
    KeyInfo key,
    KeyVersion previous,
    KeyVersion active,
    RotationReason reason,
    Optional<SuccessionStatement> statement) {}
