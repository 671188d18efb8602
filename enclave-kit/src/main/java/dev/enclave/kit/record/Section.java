package dev.enclave.kit.record;

import dev.enclave.Bytes;

/**
 * A sealed part of a record.
 *
 * @param label what it holds; once in a record
 * @param nonce 12 bytes
 * @param ciphertext with its tag of 16 bytes
 */
record Section(String label, Bytes nonce, Bytes ciphertext) {}
