/** NIST curves, Ed25519 and RSA by Corretto. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.corretto;
