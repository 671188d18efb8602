/** Keys as encrypted files. */
@org.jspecify.annotations.NullMarked
package dev.enclave.crypto.internal.backup;
