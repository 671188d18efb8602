package dev.enclave.emulators.internal.aws.kms.model;

import java.time.Instant;

/** Where an alias points: the key's id, and since when. */
public record AliasEntry(String keyId, Instant created, Instant updated) {}
