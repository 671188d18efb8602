/** Takes keys out as encrypted backups and in again. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.key.transfer;
