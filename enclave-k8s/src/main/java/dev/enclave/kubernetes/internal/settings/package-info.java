/** The settings, read and checked. */
@org.jspecify.annotations.NullMarked
package dev.enclave.kubernetes.internal.settings;
