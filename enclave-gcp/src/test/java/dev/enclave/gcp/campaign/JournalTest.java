package dev.enclave.gcp.campaign;

import dev.enclave.campaign.JournalCampaign;

class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new GcpUnderTest());
  }
}
