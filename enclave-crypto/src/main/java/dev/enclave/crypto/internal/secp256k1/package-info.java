/** The curve secp256k1 by libsecp256k1. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.secp256k1;
