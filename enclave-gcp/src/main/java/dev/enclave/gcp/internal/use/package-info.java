/** Signs and wraps. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.use;
