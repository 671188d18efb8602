package dev.enclave.emulators.internal.aws.kms.model;

import java.time.Duration;

/**
 * How late something is seen.
 *
 * @param reads what was created or changed, by who reads it
 * @param authorization tags and aliases, by the policies that name them (KMS Developer Guide, "ABAC
 *     for AWS KMS": "It might take up to five minutes for tag and alias changes to affect KMS key
 *     authorization. Recent changes might be visible in API operations before they affect
 *     authorization.")
 */
public record Lags(Duration reads, Duration authorization) {}
