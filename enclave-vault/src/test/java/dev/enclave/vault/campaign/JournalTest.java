package dev.enclave.vault.campaign;

import dev.enclave.campaign.JournalCampaign;

class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new VaultUnderTest());
  }
}
