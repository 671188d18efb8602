/**
 * The version ledger: one engine for the versions of keys at a remote service. It creates keys,
 * makes further versions, decides which of them is active, changes states, finds what interrupted
 * attempts left behind, lists, and takes keys in, over any service that holds single private keys.
 *
 * <p>An adapter implements one of three interfaces, by what the service has that two racers cannot
 * both do:
 *
 * <ul>
 *   <li>{@link dev.enclave.kit.ledger.RecordService}: a text is recorded once, or replaced only if
 *       nobody has;
 *   <li>{@link dev.enclave.kit.ledger.AliasService}: a name is given to a private key once;
 *   <li>{@link dev.enclave.kit.ledger.ElectionService}: nothing of that kind, but everybody sees
 *       what all have written.
 * </ul>
 *
 * <p>{@link dev.enclave.kit.ledger.VersionLedger} is then a part of the backend that has the
 * capabilities to create, list, rotate, change states and reconcile; with a {@link
 * dev.enclave.kit.ledger.KeyTaker} there is a part that imports.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.ledger;
