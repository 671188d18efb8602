package dev.enclave.azure.campaign;

import dev.enclave.campaign.JournalCampaign;

class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new AzureUnderTest());
  }
}
