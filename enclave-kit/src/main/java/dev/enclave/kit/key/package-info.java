/**
 * What a remote backend does with keys, whatever the service. Each part asks a backend for its
 * service's own requests and does the rest.
 *
 * <ul>
 *   <li>{@link dev.enclave.kit.key.VersionLedger}, the version ledger: one engine for the versions
 *       of keys, over any service that holds single private keys. It has the capabilities to
 *       create, list, rotate, change states and reconcile; with a {@link
 *       dev.enclave.kit.key.KeyTaker} there is a part that imports, with {@link
 *       dev.enclave.kit.key.ForeignKeys} one that adopts. An adapter implements one of three
 *       interfaces, by what the service has that two racers cannot both do: {@link
 *       dev.enclave.kit.key.RecordService}, where a text is recorded once, or replaced only if
 *       nobody has; {@link dev.enclave.kit.key.AliasService}, where a name is given to a private
 *       key once; {@link dev.enclave.kit.key.ElectionService}, where there is nothing of that kind,
 *       but everybody sees what all have written.
 *   <li>{@code KeySigner} and {@code KeyWrapper}: extend {@link dev.enclave.kit.key.RemoteUse}, and
 *       sign, encrypt and decrypt.
 *   <li>Bringing private keys in: {@link dev.enclave.kit.key.RsaAesTaker} is the base of a {@code
 *       KeyTaker} that wraps them under an RSA key of the service.
 *   <li>Sending: {@link dev.enclave.kit.key.RemoteCalls} is the base of what sends the requests,
 *       for keys of many versions beside each other.
 *   <li>Reading: {@link dev.enclave.kit.key.StoredText} for tags and labels, {@link
 *       dev.enclave.kit.key.PublicKeyCache} for what never changes.
 *   <li>Waiting: {@link dev.enclave.kit.key.Pending} for what the service makes in its own time.
 *   <li>Health: {@link dev.enclave.kit.key.KeyFindings}, noted while keys are read; {@code
 *       VersionLedger.lastToSign} is the version to try.
 *   <li>Operations that failed halfway: {@link dev.enclave.kit.key.BoundedMap} keeps what was made
 *       for the next attempt.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.key;
