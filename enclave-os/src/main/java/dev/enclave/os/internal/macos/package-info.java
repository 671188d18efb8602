/** The login keychain of macOS. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal.macos;
