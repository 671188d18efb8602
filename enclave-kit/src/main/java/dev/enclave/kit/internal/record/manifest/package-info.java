/** What a key's record says of the key, and which changes of it are allowed. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.internal.record.manifest;
