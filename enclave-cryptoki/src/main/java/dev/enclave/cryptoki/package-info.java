/**
 * A binding of PKCS#11 (OASIS Cryptoki): modules, tokens, sessions, objects and keys, by the
 * functions of version 2.40, which later libraries have too. Names are the standard's; a CK_ULONG
 * is a long, and CK_UNAVAILABLE_INFORMATION -1.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cryptoki;
