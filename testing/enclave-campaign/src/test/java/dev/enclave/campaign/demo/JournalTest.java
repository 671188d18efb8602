package dev.enclave.campaign.demo;

import dev.enclave.campaign.JournalCampaign;

class JournalTest extends JournalCampaign {

  JournalTest() {
    super(new KeyhouseUnderTest());
  }
}
