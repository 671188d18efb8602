/** Plans and carries out migrations of keys from one backend to another. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.migration;
