/**
 * A binding of PKCS#11 (OASIS Cryptoki 2.40 and later): modules, tokens, sessions, objects and
 * keys, under the standard's names.
 *
 * <p>{@link dev.enclave.cryptoki.CryptokiModule} loads a library and opens a {@link
 * dev.enclave.cryptoki.Session}. The functions of version 2.40 are called, which all later
 * libraries have. A CK_ULONG is a {@code long}; CK_UNAVAILABLE_INFORMATION is -1.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.cryptoki;
