/** Signs and wraps. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.use;
