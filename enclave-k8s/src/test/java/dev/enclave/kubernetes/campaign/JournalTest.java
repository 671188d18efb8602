package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.JournalCampaign;
import org.junit.jupiter.api.Tag;

/** Both journals beside one audit log. */
@Tag("needs-kube-apiserver")
class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new KekOnAws());
  }
}
