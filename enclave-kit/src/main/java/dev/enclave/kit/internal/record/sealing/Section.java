package dev.enclave.kit.internal.record.sealing;

import dev.enclave.Bytes;

/**
 * A sealed part of a record.
 *
 * @param label what it holds; once in a record
 * @param nonce 12 bytes
 * @param ciphertext with its tag of 16 bytes
 */
public record Section(String label, Bytes nonce, Bytes ciphertext) {}
