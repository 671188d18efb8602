package dev.enclave.migration;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.internal.StatementText;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What somebody says of a {@link Proposal}, signed by the statement key of their own Enclave, which
 * signs nothing that a caller hands it; {@link Migrations#sign} makes it.
 *
 * @param role as whom
 * @param plan the hash of the proposal
 * @param key the public key of the statement key that signed
 * @param at when
 * @param encoding the layout of the signature
 * @param signature over {@link #message()}
 */
public record PlanSignature(
    Role role,
    String plan,
    PublicKeyInfo key,
    Instant at,
    SignatureEncoding encoding,
    Bytes signature) {

  /** As whom somebody signs a plan. */
  public enum Role {
    /** Who asks for the migration, and cannot approve it. */
    PROPOSER,
    /** One of those whose approval the migration needs. */
    APPROVER
  }

  /** The signed text. */
  public Message message() {
    return messageOf(role, plan, at);
  }

  /**
   * The text that is signed, UTF-8: the lines {@code enclave-statement-v1} and {@code
   * migration-plan}, then role, hash of the plan and time (ISO 8601, UTC), each on a line of its
   * own, every line ended by LF.
   */
  public static Message messageOf(Role role, String plan, Instant at) {
    return StatementText.of(StatementText.Kind.MIGRATION_PLAN, role.name(), plan, at.toString());
  }

  /** Whether the signature is that of {@link #key()}. */
  public boolean genuine() {
    return SignatureVerifier.of(key).verify(message(), signature, encoding);
  }

  static PlanSignature of(CanonicalJson.Members members) {
    members.requireOnly("algorithm", "at", "encoding", "key", "plan", "role", "signature");
    KeyAlgorithm algorithm = members.text("algorithm", KeyAlgorithm::parse);
    return new PlanSignature(
        members.text("role", Role::valueOf),
        members.text("plan"),
        members.text(
            "key", hex -> PublicKeyInfo.fromSpki(Bytes.ofHex(hex).toByteArray(), algorithm)),
        members.text("at", Instant::parse),
        members.text("encoding", SignatureEncoding::valueOf),
        members.text("signature", Bytes::ofHex));
  }

  Map<String, Object> members() {
    Map<String, Object> members = new TreeMap<>();
    members.put("role", role.name());
    members.put("plan", plan);
    members.put("algorithm", key.algorithm().name());
    members.put("key", key.spki().toHex());
    members.put("at", at.toString());
    members.put("encoding", encoding.name());
    members.put("signature", signature.toHex());
    return members;
  }
}
