/** Signs and wraps. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.use;
