/** DPAPI of Windows. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal.windows;
