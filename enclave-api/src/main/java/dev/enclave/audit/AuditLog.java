package dev.enclave.audit;

import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignatureVerifier.StatementVerdict;
import dev.enclave.admin.RotationReason;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.IntegrityException;
import dev.enclave.error.PolicyException;
import dev.enclave.error.UsageException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The audit log's files, for those who look after them: {@link EnclaveFactory.Builder#auditLog()}.
 * Nothing is read or written before a method is called. Thread-safe.
 *
 * <p>A <em>checkpoint</em> is a signed note (c2sp.org/tlog-checkpoint) that commits to every lane;
 * <em>verifier keys</em> are its public keys, a line {@code name+id+key} each: the log's own, and
 * that of the <em>countersigner</em>, a key of the backend, once the log has named one. Both are
 * worth something when kept where the log's writer cannot change them.
 *
 * <p>Every method throws {@link ConfigurationException} when no audit directory is configured or it
 * cannot be read.
 */
public interface AuditLog {

  /** Where the files are. */
  Path directory();

  /**
   * Makes the directory, the log's name and its own key where they are missing. If a backend is to
   * countersign and the log names no countersigner yet, the backend is opened, which takes as long
   * as {@link EnclaveFactory.Builder#open()}, and its key is named.
   *
   * @return the verifier keys, each line with LF
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when only a part of them is
   *     there
   * @throws PolicyException ({@link ErrorCode#AUDIT_UNAVAILABLE}) when they cannot be written, or
   *     the backend does not answer now; the next call may get it named
   * @throws EnclaveException as {@link EnclaveFactory.Builder#open()}, when the backend cannot be
   *     opened
   */
  String provision();

  /** Recomputes records, trees and checkpoints. */
  AuditVerification verify();

  /**
   * As {@link #verify()}, and that the log goes on from checkpoints that were kept outside, with no
   * record removed whose removal is not {@link AuditVerification.Options believed}.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when a checkpoint or the key is
   *     malformed, ({@link ErrorCode#INVALID_ARGUMENT}) when there are other options without a
   *     checkpoint
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when the key has not signed a
   *     checkpoint
   */
  AuditVerification verify(AuditVerification.Options options);

  /**
   * Finds the chains of records in a captured standard output or log file among foreign lines, and
   * recomputes them. Needs no directory. Holds about 200 bytes for every record in memory.
   *
   * @param stream read to its end, not closed
   * @throws UsageException ({@link ErrorCode#FILE_UNREADABLE}) when it cannot be read
   */
  AuditVerification.OfStream verifyStream(InputStream stream);

  /**
   * Makes a checkpoint of all that is in lanes no process writes now, and of the others as their
   * process last did. If the log has named a countersigner, its backend is opened and signs; an
   * older checkpoint is never given instead.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when there are no records
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when the log is not what its
   *     checkpoints say
   * @throws PolicyException ({@link ErrorCode#AUDIT_UNAVAILABLE}) when it cannot be written or
   *     signed
   * @throws EnclaveException as {@link EnclaveFactory.Builder#open()}, when the backend cannot be
   *     opened
   */
  String checkpoint();

  /**
   * Proves that a record is in the log that the newest checkpoint commits to: JSON that holds the
   * record, the path of hashes and the checkpoint, and can be checked without the log.
   *
   * @param lane from 0
   * @param sequence of the record, from 1
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when the record is not there, not
   *     any more, or in no checkpoint yet
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when the log is not what the
   *     checkpoint says
   */
  String prove(int lane, long sequence);

  /**
   * Checks what {@link #prove} gave. Needs no log if the key is given.
   *
   * @param verifierKeys whose signatures its checkpoint must have; none for the keys in the log
   * @return the record it proves
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when proof or key is malformed
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when it proves nothing
   */
  AuditRecord checkProof(String proof, Optional<String> verifierKeys);

  /**
   * Proves that the log has only grown since a checkpoint that was kept outside: JSON with the
   * newest checkpoint and the hashes between the two, for the checkpoints and for every lane.
   * Nothing of any record is in it.
   *
   * @param checkpoint what {@link #checkpoint()} gave
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when it is malformed, ({@link
   *     ErrorCode#INVALID_ARGUMENT}) when retention has removed records that came after it
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when it is not of this log, or
   *     the log does not go on from it
   */
  String proveConsistency(String checkpoint);

  /**
   * Checks what {@link #proveConsistency} gave, and that no record has been removed since whose
   * removal is not {@link AuditVerification.Options believed}. Needs no log if the key is given.
   *
   * @param options with the checkpoint the proof begins at, as the caller has kept it; older ones
   *     beside it prove the age of what they cover, if each was proven consistent with the next
   *     when the next was kept
   * @return the newer checkpoint, to be kept from now on
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when one of them is malformed,
   *     ({@link ErrorCode#INVALID_ARGUMENT}) when there is no checkpoint, or the countersignature
   *     is waived
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when it proves nothing, the
   *     checkpoints contradict each other, or records have been removed
   */
  String checkConsistency(String proof, AuditVerification.Options options);

  /** Reads the records, from the oldest there is. */
  AuditReader reader();

  /**
   * The public keys of one key that audit logs prove.
   *
   * @param keys the first version's first
   * @param successions what is known of the statements by which each version after the first is
   *     there; {@link StatementVerdict#SIGNED_WITH_KEY} where no statement key was given: whoever
   *     may have the key sign texts of their choice, and writes to the log, could have added one
   */
  record RecordedKeys(PublicKeySet keys, StatementVerdict successions) {}

  /**
   * The public keys of all versions of a signing key that the log proves, whatever has become of
   * their private keys: the first version's by the handle's fingerprint, each later one's by the
   * succession statement of the version that it replaced. A version that was replaced for a {@link
   * RotationReason#COMPROMISE} is left out, and so is what came after it, since it states nothing.
   * Verifies the log and reads it whole.
   *
   * @param statementKeys the statement keys that the caller believes, from elsewhere than the log;
   *     then a succession counts only if one of them signed it as well. None if the caller knows
   *     none
   * @throws UsageException ({@link ErrorCode#INVALID_ARGUMENT}) when the handle names no
   *     fingerprint, ({@link ErrorCode#KEY_NOT_FOUND}) when the log does not have the public key
   *     that it names
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when the log is not intact
   */
  RecordedKeys publicKeys(KeyHandle key, Set<PublicKeyInfo> statementKeys);

  /**
   * As {@link #publicKeys(KeyHandle, Set)}, by what several logs prove together, such as those of
   * replicas: the process that rotated a key has the statement, and the one that destroyed a
   * version has its public key. The configured log is read only if it is among them.
   *
   * @param directories where the logs are, each verified by itself; one at least, in any order
   * @throws UsageException as {@link #publicKeys(KeyHandle, Set)}, and ({@link
   *     ErrorCode#INVALID_ARGUMENT}) for no directory
   * @throws IntegrityException ({@link ErrorCode#AUDIT_LOG_CORRUPT}) when one of them is not intact
   */
  RecordedKeys publicKeys(KeyHandle key, Set<PublicKeyInfo> statementKeys, List<Path> directories);
}
