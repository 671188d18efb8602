package dev.enclave.emulators.internal.aws.kms.shared;

import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.aws.kms.model.CustomKeyStores;
import dev.enclave.emulators.internal.aws.kms.model.Keys;
import java.security.SecureRandom;

/** What all operations work on. */
public record Shared(
    Keys keys,
    KeyFinder finder,
    Access access,
    Partition partition,
    SecureRandom random,
    CustomKeyStores stores,
    int mostItems) {}
