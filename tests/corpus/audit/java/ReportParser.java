package com.example.support.xml;

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

public class ReportParser {

    private final DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();

    public ReportParser() {
        factory.setNamespaceAware(true);
        factory.setExpandEntityReferences(false);
    }

    public List<Integer> parse(InputStream in) throws Exception {
        Document doc = factory.newDocumentBuilder().parse(in);
        XPath xpath = XPathFactory.newInstance().newXPath();
        NodeList nodes = (NodeList) xpath.evaluate("/session_list/session", doc, XPathConstants.NODESET);
        List<Integer> ids = new ArrayList<>(nodes.getLength());
        for (int i = 0; i < nodes.getLength(); i++) {
            Element session = (Element) nodes.item(i);
            String type = session.getElementsByTagName("session_type").item(0).getTextContent();
            if ("support".equals(type)) {
                ids.add(Integer.valueOf(session.getAttribute("lsid")));
            }
        }
        return ids;
    }
}
