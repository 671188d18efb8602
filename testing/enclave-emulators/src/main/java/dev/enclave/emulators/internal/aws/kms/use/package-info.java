/** The operations that use keys. */
@org.jspecify.annotations.NullMarked
package dev.enclave.emulators.internal.aws.kms.use;
