/**
 * Opens, reseals and removes stores, and makes backends of them.
 *
 * <p>Read {@code SoftwareBackend} first, then {@code StoreLayout} and {@code FileStore} (what lies
 * where), {@code MasterSealer} (how a file is sealed), {@code StoreOpener} and {@code MasterKeys}
 * (where the master key comes from), {@code StoreLock} and {@code SecureFiles} (locks and disk).
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.software.internal.backend;
