/**
 * What a remote backend does with keys, whatever the service. Each part asks a backend for its
 * service's own requests and does the rest.
 *
 * <ul>
 *   <li>{@code KeySigner} and {@code KeyWrapper}: extend {@link dev.enclave.kit.key.RemoteUse}, and
 *       sign, encrypt and decrypt.
 *   <li>{@code KeyAdopter}: read the name with {@link dev.enclave.kit.key.AdoptedName}, look
 *       whether it is the service's, describe the key, and let it choose the algorithm.
 *   <li>{@code KeyImporter}: {@link dev.enclave.kit.key.Backups} refuses what cannot be taken in.
 *   <li>{@code OrphanCollector}: go through the service's list; {@link
 *       dev.enclave.kit.key.LeftOver} says what is old enough, and discards in an order that is
 *       safe beside other processes.
 *   <li>Reading: {@link dev.enclave.kit.key.StoredText} for tags and labels, {@link
 *       dev.enclave.kit.key.PublicKeyCache} for what never changes, {@link
 *       dev.enclave.kit.key.ReadThreads} for keys of many versions, closed with the backend.
 *   <li>Waiting: {@link dev.enclave.kit.key.Pending} for what the service makes in its own time,
 *       {@link dev.enclave.kit.key.Settling} for what reads do not show yet.
 *   <li>Health: {@link dev.enclave.kit.key.KeyFindings}, noted while keys are read; {@link
 *       dev.enclave.kit.key.LastToSign} is the version to try; {@link
 *       dev.enclave.kit.key.RefusedStamps} keeps the service from being asked each minute.
 *   <li>Operations that failed halfway: {@link dev.enclave.kit.key.BoundedMap} keeps what was made
 *       for the next attempt.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.key;
