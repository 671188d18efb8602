/**
 * What an administrator does with keys: rotation, states of versions, destruction, backups.
 *
 * <p>{@link dev.enclave.admin.Administration} is what {@link dev.enclave.Enclave#admin()} gives.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.admin;
