package dev.enclave.core.internal.key.versions;

import dev.enclave.KeyInfo;
import dev.enclave.KeyVersion;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationResult;
import dev.enclave.admin.SuccessionStatement;
import java.util.Optional;

/** What a rotation did. */
record EngineRotationResult(
    KeyInfo key,
    KeyVersion previous,
    KeyVersion active,
    RotationReason reason,
    Optional<SuccessionStatement> statement)
    implements RotationResult {}
