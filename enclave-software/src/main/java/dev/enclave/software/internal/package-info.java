/**
 * The software backend: sealed key files in one directory.
 *
 * <p>Read {@link dev.enclave.software.internal.SoftwareBackend} (what it does) first, then {@code
 * KeyStore} (what lies where), {@code Sealer} (how a file is sealed), {@code StoreOpener} (where
 * the master key comes from), {@code StoreLock} and {@code SecureFiles} (locks and disk).
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal;
