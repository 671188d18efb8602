/** The Secret Service of a Linux desktop, over D-Bus. */
@org.jspecify.annotations.NullMarked
package dev.enclave.os.internal.linux;
