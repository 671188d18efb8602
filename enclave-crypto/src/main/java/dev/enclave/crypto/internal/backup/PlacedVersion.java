package dev.enclave.crypto.internal.backup;

import dev.enclave.spi.ExportedKey.Version;

/** A version and which of the key's versions it is, counted from 1, oldest first. */
record PlacedVersion(int place, Version version) {}
