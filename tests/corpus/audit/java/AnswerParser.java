package com.acme.support;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class AnswerParser {
    public List<Long> lsids(InputStream answer) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(answer);
        XPath xpath = XPathFactory.newInstance().newXPath();
        NodeList nodes = (NodeList) xpath.evaluate("/session_list/session", document, XPathConstants.NODESET);
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Element session = (Element) nodes.item(i);
            found.add(Long.valueOf(session.getAttribute("lsid")));
        }
        return found;
    }

    public int count(Document document) {
        return document.getElementsByTagNameNS("*", "session").getLength();
    }
}
